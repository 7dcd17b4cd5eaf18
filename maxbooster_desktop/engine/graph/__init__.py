"""Document state to the flat program that realtime/ runs."""
