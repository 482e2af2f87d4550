"""What officers know: reports and notices, written, written anew, cancelled, and taken note of."""
