"""The proxies that stand beside the gateway in its benchmark, one thread each, and the upstreams they all lead to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from relais.ports import LOOPBACK, free_port
from tests.waiting import until

READY_SECONDS: Final = 60.0
# nginx's own limit of requests a connection would close connections under load.
NGINX: Final = """
daemon off; worker_processes 1; error_log stderr error; pid {folder}/pid;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 100000000; tcp_nodelay on;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  upstream behind {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port}; location / {{ {answer} }} }}
}}
"""
FORWARD: Final = 'proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection "";'
STATIC: Final = 'default_type application/json; return 200 \'{"accord":"demo","title":"Accord collectif"}\';'
HAPROXY: Final = """
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend door
  bind 127.0.0.1:{port}
  default_backend behind
backend behind
  server one 127.0.0.1:{upstream}
"""


@dataclass(frozen=True, slots=True)
class Tools:
    """Programs found on this machine; None for one that is not."""

    wrk: str | None
    nginx: str | None
    haproxy: str | None
    envoy: str | None

    @classmethod
    def found(cls, envoy: Path | None) -> Tools:
        return cls(
            shutil.which("wrk"),
            shutil.which("nginx"),
            shutil.which("haproxy"),
            str(envoy) if envoy is not None else shutil.which("envoy"),
        )


@contextmanager
def serving(command: list[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A server of its own process until the end; its base URL, once it answers."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://{LOOPBACK}:{port}"
    try:
        until(lambda: _answers(url) or process.poll() is not None, command[0], READY_SECONDS)
        assert process.poll() is None, f"{command} ended with {process.returncode}"
        yield url
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def _answers(url: str) -> bool:
    try:
        httpx.get(url, trust_env=False)
    except httpx.TransportError:
        return False
    return True


@contextmanager
def nginx(program: str, folder: Path, upstream: str | None) -> Iterator[str]:
    """A proxy to `upstream`, or a server of one small answer."""
    port = free_port()
    own = folder / f"nginx-{port}"
    own.mkdir()
    answer = STATIC if upstream is None else FORWARD
    text = NGINX.format(folder=own, port=port, upstream=port_of(upstream) if upstream else 9, answer=answer)
    (own / "conf").write_text(text)
    with serving([program, "-p", str(own), "-c", str(own / "conf"), "-e", "stderr"], port) as url:
        yield url


@contextmanager
def haproxy(program: str, folder: Path, upstream: str) -> Iterator[str]:
    port = free_port()
    path = folder / f"haproxy-{port}"
    path.write_text(HAPROXY.format(port=port, upstream=port_of(upstream)))
    with serving([program, "-db", "-q", "-f", str(path)], port) as url:
        yield url


@contextmanager
def envoy(program: str, folder: Path, upstream: str, jwt: Mapping[str, str] | None = None) -> Iterator[str]:
    """`jwt` (issuer, audience, jwks) makes it check tokens, with the cache of verified ones it has for that."""
    port = free_port()
    path = folder / f"envoy-{port}.yaml"
    path.write_text(yaml.safe_dump(_envoy(port, port_of(upstream), jwt)))
    options = ["--concurrency", "1", "--use-dynamic-base-id", "-l", "error"]
    with serving([program, "-c", str(path), *options], port) as url:
        yield url


@contextmanager
def python(module: str, *arguments: str) -> Iterator[str]:
    """A server of tests.bench.gateway_servers."""
    port = free_port()
    with serving([sys.executable, "-m", "tests.bench.gateway_servers", module, str(port), *arguments], port) as url:
        yield url


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def _envoy(port: int, upstream: int, jwt: Mapping[str, str] | None) -> dict[str, Any]:
    typed = "type.googleapis.com/envoy.extensions.filters."
    filters: list[dict[str, Any]] = []
    if jwt is not None:
        provider = {
            "issuer": jwt["issuer"],
            "audiences": [jwt["audience"]],
            "local_jwks": {"inline_string": jwt["jwks"]},
            "jwt_cache_config": {"jwt_cache_size": 100},
            "forward": True,
        }
        rules = [{"match": {"prefix": "/"}, "requires": {"provider_name": "relais"}}]
        config = {"@type": f"{typed}http.jwt_authn.v3.JwtAuthentication", "providers": {"relais": provider}}
        filters.append({"name": "envoy.filters.http.jwt_authn", "typed_config": config | {"rules": rules}})
    router = {"@type": f"{typed}http.router.v3.Router"}
    filters.append({"name": "envoy.filters.http.router", "typed_config": router})
    route = {"match": {"prefix": "/"}, "route": {"cluster": "behind"}}
    manager = {
        "@type": f"{typed}network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "door",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
        "http_filters": filters,
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    endpoint = {"endpoint": {"address": _address(upstream)}}
    cluster = {
        "name": "behind",
        "connect_timeout": "5s",
        "load_assignment": {"cluster_name": "behind", "endpoints": [{"lb_endpoints": [endpoint]}]},
    }
    listener = {"address": _address(port), "filter_chains": [chain]}
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": LOOPBACK, "port_value": port}}
