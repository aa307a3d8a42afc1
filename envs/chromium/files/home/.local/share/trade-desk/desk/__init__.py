"""Trade Desk: orders, customers, stock, invoices, tickets and sales of a small trading company."""
