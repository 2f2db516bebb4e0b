"""The door of the service: a WSGI server imports `app`; as a script it sets up, then serves (or `test`, or `setup`)."""

import sys

if __name__ == "__main__":
    # `app` must not be made here: before set-up there is no Flask to make it with.
    from forum.bootstrap.start import main

    sys.exit(main(sys.argv[1:]))
else:
    from forum import create_app

    app = create_app()
