def test_home(roxane, session):
    assert roxane.get("/").status_code == 200
    assert roxane.get("/nope").status_code == 404
