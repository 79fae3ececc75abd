"""Who may sign in: accounts, sessions and agencies, giving no hint whether an account exists."""

from __future__ import annotations

from uuid import UUID

from intake.models import Agency, AgencyType, Person, Role


class People:
    def sign_in(self, email: str, password: str) -> Person | None:
        """The person, or None: for a wrong password, no such account and too many failures alike."""
        raise NotImplementedError

    def open_session(self, person: Person) -> str:
        """A token for a cookie; only its hash is kept."""
        raise NotImplementedError

    def person_of(self, token: str) -> Person | None:
        """Whose session this is, None when it is closed, expired or unknown."""
        raise NotImplementedError

    def close_session(self, token: str) -> None:
        raise NotImplementedError

    def add_agency(self, name: str, type_: AgencyType, area: str) -> Agency:
        raise NotImplementedError

    def add_person(
        self,
        email: str,
        name: str,
        role: Role,
        password: str,
        *,
        agency_id: UUID | None = None,
        area: str | None = None,
    ) -> Person:
        """Raises DeskError when the e-mail is taken or the password shorter than 12 characters."""
        raise NotImplementedError

    def people(self) -> tuple[Person, ...]:
        raise NotImplementedError

    def agencies(self) -> tuple[Agency, ...]:
        raise NotImplementedError

    def colleagues(self, person: Person) -> tuple[Person, ...]:
        """The coordinators of a coordinator's area, to whom a case can be assigned."""
        raise NotImplementedError
