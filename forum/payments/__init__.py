"""What a place costs: orders, bank transfers and cards, invoices without a gap, credit notes."""
