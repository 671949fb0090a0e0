"""python -m shortlinks."""

import uvicorn

from shortlinks.settings import port

if __name__ == "__main__":
    uvicorn.run("shortlinks.main:app", host="0.0.0.0", port=port())
