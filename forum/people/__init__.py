"""Accounts of organisers, who may do what in which edition, and the directory of persons and organisations."""
