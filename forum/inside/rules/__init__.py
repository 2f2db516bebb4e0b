"""What the counts of a day mean: its pace, its curve, its peak, what is unusual."""
