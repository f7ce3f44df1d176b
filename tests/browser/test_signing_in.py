"""Signing in with a provider that the test starts: OpenID Connect as a browser goes through it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from bench.driver import free_port, served

KEY = RSAKey.generate_key(2048, parameters={"kid": "1", "alg": "RS256", "use": "sig"})


class Provider:
    """Signs in whoever `account` names, at once."""

    def __init__(self) -> None:
        self.port, self.account = free_port(), "desk@city.example"
        self.verified: object = True
        self.nonces: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def about(self, _request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def keys(self, _request: Request) -> JSONResponse:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})

    def authorize(self, request: Request) -> RedirectResponse:
        asked = request.query_params
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = asked.get("nonce", "")
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(self, request: Request) -> JSONResponse:
        form, now = await request.form(), int(time.time())
        claims = {
            "iss": self.address,
            "sub": self.account,
            "aud": "zone",
            "iat": now,
            "exp": now + 600,
            "nonce": self.nonces[str(form["code"])],
            "email": self.account,
            "email_verified": self.verified,
        }
        if self.verified is None:  # a provider that does not say; names that people choose stand beside it
            del claims["email_verified"]
            claims |= {"preferred_username": self.account, "upn": self.account}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, KEY)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": signed})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.about),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    server = uvicorn.Server(uvicorn.Config(made.app(), host="localhost", port=made.port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield made
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def host(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("signing"), free_port()
    (folder / "roles.toml").write_text('[people]\n"head@city.example" = "admin"\n"*@city.example" = "editor"\n')
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{"s" * 40}"\n'
        'client_id = "zone"\nclient_secret = "secret"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n'
    )
    surroundings = {
        "ZONE_LOCAL": str(folder),
        "ZONE_DATABASE": f"sqlite:///{folder / 'zone.db'}",
        "ZONE_ROLE": "viewer",
    }
    with served(surroundings, port, ("--secrets.files", str(secrets))) as (address, _process):
        yield address


def settled(page: Page) -> Page:
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'", timeout=60_000
    )
    page.wait_for_timeout(500)
    return page


@pytest.mark.parametrize(
    ("account", "verified", "stores", "builds"),
    [
        ("desk@city.example", True, True, False),
        ("head@city.example", True, True, True),
        ("guest@elsewhere.example", True, False, False),
        ("head@city.example", False, False, False),
        ("head@city.example", None, False, False),
        ("head@city.example", "false", False, False),
    ],
)
def test_the_account_decides_what_can_be_changed(
    browser: Browser, provider: Provider, host: str, account: str, verified: object, stores: bool, builds: bool
) -> None:
    provider.account, provider.verified = account, verified
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://{host}/goals")
    settled(page)
    assert page.get_by_role("button", name="Store goal").count() == 0
    with page.expect_response(lambda answer: "oauth2callback" in answer.url, timeout=30_000):
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")
    settled(page)
    page.goto(f"http://{host}/goals")
    settled(page)
    if verified is True:
        page.get_by_text(f"Signed in as {account}").wait_for(timeout=20_000)
    if stores:
        page.get_by_role("button", name="Store goal").wait_for(timeout=20_000)
    assert (page.get_by_role("button", name="Store goal").count() > 0) == stores
    page.goto(f"http://{host}/data_city")
    settled(page)
    assert (page.get_by_text("A city pack (ZIP)").count() > 0) == builds
    context.close()
