"""What is wrong with the inputs (`vpvkac check`)."""
