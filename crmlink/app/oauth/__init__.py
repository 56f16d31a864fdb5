"""OAuth2 with Google and Microsoft: logging in once, keeping the tokens, and renewing them when they run out."""
