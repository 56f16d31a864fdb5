"""What an owner does in Roundcube, with a mouse and a keyboard: open Drafts, read, edit, save, send, delete.

Every step waits for what a person would see before going on, never for a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from crmlink.demo.servers.accounts import ImapAccount

PATIENCE: Final = 30.0  # seconds; a machine may be slow, but it is never this slow
T = TypeVar("T")

ROW: Final = "#messagelist tbody tr.message"
_SELECT_WORDS: Final = """
const [area, words] = arguments, at = area.value.indexOf(words);
area.focus();
area.setSelectionRange(at, at + words.length);
return at >= 0;
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the owner sees it on the screen."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Webmail:
    """One owner in front of Roundcube at `url`, in the browser's one window."""

    page: WebDriver
    url: str

    def log_in(self, account: ImapAccount) -> None:
        """Start anew as this user."""
        self.page.get(self.url)
        self.page.delete_all_cookies()
        self.page.get(self.url)
        self._find("#rcmloginuser").send_keys(account.user)
        self._find("#rcmloginpwd").send_keys(account.password)
        self._find("#rcmloginsubmit").click()
        self._wait(lambda: self._find("#messagelist"))

    def drafts(self) -> list[str]:
        """Open Drafts; what the list says of each mail, on one line each."""
        self.page.get(f"{self.url}?_task=mail&_mbox=Drafts")
        self._wait(lambda: "-" not in self._find("#rcmcountdisplay").text.partition(" ")[0] and self._quiet())
        return [" ".join(row.text.split()) for row in self.page.find_elements(By.CSS_SELECTOR, ROW)]

    def read(self) -> Letter:
        """Click on the only mail in the list, and read it beside the list."""
        self._find(ROW).click()
        self._wait(lambda: self._find("#messagecontframe"))
        self.page.switch_to.frame("messagecontframe")
        text = self._wait(lambda: self._find("#messagebody").text)
        to = self._find(".header-summary a.rcmContactAddress")
        subject = self._find("h2.subject").text.replace("Subject:", "").strip()
        letter = Letter(f"{to.text} <{to.get_attribute('title')}>", subject, text)
        self.page.switch_to.default_content()
        return letter

    def edit(self) -> Letter:
        """Take the mail that is being read to hand; what stands in the form."""
        self.page.switch_to.frame("messagecontframe")
        self._find("a[href='#edit']").click()
        self.page.switch_to.default_content()
        body = self._wait(lambda: self._find("#composebody"))
        self._wait(self._quiet)
        subject = self._find("#compose-subject")
        return Letter(_value(self._find("#_to")).rstrip(", "), _value(subject), _value(body))

    def replace(self, old: str, new: str) -> None:
        """Select words in the text and type over them."""
        body = self._find("#composebody")
        assert self.page.execute_script(_SELECT_WORDS, body, old), f"not in the text: {old}"
        body.send_keys(new)

    def save(self) -> None:
        """Save the draft and stay."""
        self._find("a.save.draft").click()
        self._wait(lambda: "saved to Drafts" in self._find("#messagestack").text)

    def send(self) -> None:
        """Send the mail; Roundcube goes back to the list."""
        self._find("button.send").click()
        self._wait(lambda: self._find("#messagelist"))

    def delete(self) -> None:
        """Throw the mail away that is being read."""
        self._wait(self._quiet)
        self._find("a.delete").click()
        self._wait(lambda: "empty" in self._find("#rcmcountdisplay").text)

    def _quiet(self) -> bool:
        """Whether Roundcube's page is complete and waits for nothing."""
        return bool(
            self.page.execute_script("return document.readyState === 'complete' && !!window.rcmail && !rcmail.busy")
        )

    def _find(self, selector: str) -> WebElement:
        return self.page.find_element(By.CSS_SELECTOR, selector)

    def _wait(self, seen: Callable[[], T | None]) -> T:
        """What `seen` gives, as soon as it gives something true; what is not there yet, or just goes away, is not."""
        return WebDriverWait(self.page, PATIENCE, 0.05, (WebDriverException,)).until(lambda _: seen() or False)


def _value(field: WebElement) -> str:
    """What stands in a field of a form."""
    return str(field.get_property("value"))
