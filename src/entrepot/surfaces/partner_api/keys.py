"""What the installation's keys are used for here. Whoever hands out a secret or cipher reads it."""

APP_SECRETS = "partner-app"
CIPHERS = "shop-cipher"
PAGE_TOKENS = "page-token"
