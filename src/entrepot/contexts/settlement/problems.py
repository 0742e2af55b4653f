"""What settlement refuses."""

from entrepot.kernel.problems import Problem


class SecondPerson(Problem):
    status, slug, title = 403, "second-person", "Somebody else has to approve this"


class NoPayoutAccount(Problem):
    slug, title = "no-payout-account", "The payee has no account to be paid to"
