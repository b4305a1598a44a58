"""The page's server gives out the files of its folder, to the browser of this machine."""

import http.client
import threading

import pytest

from sparselbm.results.page import page_server


@pytest.fixture
def asked(tmp_path):
    """Status and contents of a request for a path and a host, from a folder with links."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "page"
    (folder / "sub").mkdir(parents=True)
    (folder / "index.html").write_text("page")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "above").symlink_to(tmp_path)
    (folder / "same.html").symlink_to(folder / "index.html")
    with page_server(folder) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        port = server.server_address[1]

        def ask(path, host=f"127.0.0.1:{port}"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path, headers={"Host": host.format(port=port)})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        yield ask
        server.shutdown()


def test_links_out_of_the_folder_are_not_followed_and_folders_not_listed(asked):
    assert asked("/") == (200, "page")
    assert asked("/same.html") == (200, "page")
    for path in ("/out.txt", "/above/secret.txt", "/above/", "/../secret.txt", "/%2e%2e/secret.txt", "/sub/", "/a%00b"):
        status, text = asked(path)
        assert (status, "secret" in text.replace(path, "")) == (404, False), path


HOSTS = ["attacker.example", "attacker.example:{port}", "127.0.0.1.attacker.example:{port}", "localhost"]


@pytest.mark.parametrize("host", HOSTS)
def test_requests_that_name_another_host_are_refused(asked, host):
    assert asked("/", host="localhost:{port}")[0] == 200
    status, text = asked("/", host=host)
    assert status == 403
    assert "page" not in text
