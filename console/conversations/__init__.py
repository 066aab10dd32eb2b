"""What the conversation's page is made of, and what its forms do."""
