"""What a case is: values, commands, rules and the store that laptop and server share."""
