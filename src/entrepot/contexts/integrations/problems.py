"""What integrations refuse."""

from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem


class AppNotFound(Problem):
    status, slug, title = 404, "app-not-found", "There is no such app"

    def __init__(self, name: object) -> None:
        super().__init__(f"there is no app {name}", app=str(name))


class AppRevoked(Problem):
    slug, title = "app-revoked", "This app was revoked"

    def __init__(self, id: Id) -> None:
        super().__init__("register another app", app_id=str(id))


class AuthorisationNotFound(Problem):
    status, slug, title = 404, "authorisation-not-found", "There is no such authorisation"

    def __init__(self, id: Id) -> None:
        super().__init__(f"there is no authorisation {id}", authorisation_id=str(id))


class CodeRefused(Problem):
    status, slug, title = 401, "code-refused", "This code is not valid"

    def __init__(self) -> None:
        super().__init__("it was used, it is older than half an hour, or it never was")


class RefreshRefused(Problem):
    status, slug, title = 401, "refresh-refused", "This refresh token is not valid"

    def __init__(self) -> None:
        super().__init__("it was exchanged, revoked or has ended, or it never was")


class NothingGranted(Problem):
    status, slug, title = 422, "nothing-granted", "The app asks for none of these scopes"

    def __init__(self) -> None:
        super().__init__("grant at least one scope that the app asks for", field="scopes")
