"""What only a page shows: parts with a look of their own, and small charts. In Markdown both are signs or nothing."""
