"""(draft)"""
class BrokenDesign: pass
class CodeOnDarkGround: pass
class CodeTooSmall: pass
class FieldTooSmall: pass
class NoCode: pass
class NoName: pass
class NoSuchLayout: pass
class OffTheCard: pass
class TooManyElements: pass
def check(): pass
def faults_of(): pass
