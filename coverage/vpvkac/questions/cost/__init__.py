"""What the network costs, who pays, and what a newly covered resident costs."""
