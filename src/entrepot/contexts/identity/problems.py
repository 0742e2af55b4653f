"""What identity refuses."""

from entrepot.kernel.problems import NotFound, Problem, TooMany


class WrongCredentials(Problem):
    """No such account or not its password: the answer is the same, and takes as long."""

    status, slug, title = 401, "wrong-credentials", "E-mail address or password is wrong"

    def __init__(self) -> None:
        super().__init__("there is no account with this e-mail address and this password")


class TooManySignIns(TooMany):
    slug = "too-many-sign-ins"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too many sign-ins; wait a while", retry_after_s=retry_after_s)


class TooManyNewcomers(TooMany):
    """Letting people in tells whether an address is taken, and so is not for sweeping."""

    slug = "too-many-newcomers"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too many new people; wait a while", retry_after_s=retry_after_s)


class EmailTaken(Problem):
    status, slug, title = 409, "email-taken", "There is an account with this e-mail address"

    def __init__(self) -> None:
        super().__init__("an account with this e-mail address exists already", field="email")


class InvitationEnded(Problem):
    """The answer is the same for a link that was used, has ended, or never was."""

    status, slug, title = 404, "invitation-ended", "This link was used or has ended"

    def __init__(self) -> None:
        super().__init__(
            "this link was used, has ended, or another one was made; ask for a new one"
        )


class NotYours(Problem):
    """Nobody hands on what they do not hold."""

    status, slug, title = 403, "not-yours-to-give", "You cannot give what you do not hold"

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"you do not hold {', '.join(missing)} there", missing=[*missing])


class NoSuchRole(Problem):
    status, slug, title = 422, "no-such-role", "There is no such role"

    def __init__(self, role: str) -> None:
        super().__init__(f"no role is called {role}", role=role)


class AlreadyMember(Problem):
    status, slug, title = 409, "already-member", "This person has this role there"

    def __init__(self, role: str) -> None:
        super().__init__(f"this person is {role} there already", role=role)


class LastOwner(Problem):
    status, slug, title = 409, "last-member", "The last one who can let people in must stay"

    def __init__(self) -> None:
        super().__init__("nobody who may let people in would be left in this organisation")


class OrganisationNotFound(NotFound):
    slug = "organisation-not-found"


class PersonNotFound(NotFound):
    slug = "person-not-found"


class TokenNotFound(NotFound):
    slug = "token-not-found"


class GrantNotFound(NotFound):
    slug = "grant-not-found"
