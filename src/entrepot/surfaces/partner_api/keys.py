"""What the installation's keys are used for here, beside what other surfaces use them for, too."""

from entrepot.surfaces.parts import APP_SECRETS, CIPHERS

CONSENT_FORMS = "consent-form"
OPEN_IDS = "open-id"
PAGE_TOKENS = "page-token"
UPLOADS = "upload-token"

__all__ = ["APP_SECRETS", "CIPHERS", "CONSENT_FORMS", "OPEN_IDS", "PAGE_TOKENS", "UPLOADS"]
