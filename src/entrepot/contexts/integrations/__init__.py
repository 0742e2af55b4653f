"""Integrations: which apps there are, and what each organisation lets them do.

An operator registers an app; a merchant, creator or provider lets it in, for some of the scopes
that it asks for, and can shut it out at any moment. Tokens live in real time: an access token for
a week, an authorisation for a year. Of tokens only hashes are kept, of an app's secret not even
that: it is derived from the installation's key and the app's generation. A shop's cipher is derived
as well, so that no app can use another's. An endpoint is where an app wants to hear of one kind of
fact about one shop; what is sent there is the affair of `deliveries`.
"""

from . import deliveries
from .access import Permission, visible_to
from .actions import (
    authorise,
    consent,
    expire_access,
    forget,
    redeem,
    refresh,
    register,
    revoke,
    revoke_apps,
    rotate,
    warn,
)
from .endpoints import drop_endpoint, set_endpoints
from .events import AppAuthorised, AuthorisationExpiring, AuthorisationRevoked
from .model import (
    ACCESS_LASTS,
    AUTHORISATION_LASTS,
    App,
    AppId,
    AppKind,
    AppState,
    Authorisation,
    AuthorisationId,
    Endpoint,
    Grant,
    NewApp,
    NewEndpoint,
    Tokens,
    app_secret,
    cipher_of,
    claimed_shop,
    digest,
    is_cipher,
)
from .problems import (
    AppNotFound,
    AppRevoked,
    AuthorisationNotFound,
    CodeRefused,
    NothingGranted,
    RefreshRefused,
)
from .queries import app_of_key, apps, apps_by_ids, by_ids, endpoints, known_apps, page

__all__ = [
    "ACCESS_LASTS",
    "AUTHORISATION_LASTS",
    "App",
    "AppAuthorised",
    "AppId",
    "AppKind",
    "AppNotFound",
    "AppRevoked",
    "AppState",
    "Authorisation",
    "AuthorisationExpiring",
    "AuthorisationId",
    "AuthorisationNotFound",
    "AuthorisationRevoked",
    "CodeRefused",
    "Endpoint",
    "Grant",
    "NewApp",
    "NewEndpoint",
    "NothingGranted",
    "Permission",
    "RefreshRefused",
    "Tokens",
    "app_of_key",
    "app_secret",
    "apps",
    "apps_by_ids",
    "authorise",
    "by_ids",
    "cipher_of",
    "claimed_shop",
    "consent",
    "deliveries",
    "digest",
    "drop_endpoint",
    "endpoints",
    "expire_access",
    "forget",
    "is_cipher",
    "known_apps",
    "page",
    "redeem",
    "refresh",
    "register",
    "revoke",
    "revoke_apps",
    "rotate",
    "set_endpoints",
    "visible_to",
    "warn",
]
