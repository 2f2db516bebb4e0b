"""Letters that organisers write to many: templates, whom they are for, when they leave."""
