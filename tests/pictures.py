"""Pictures for tests, of one shade."""

from io import BytesIO

from PIL import Image


def picture(
    *, size: tuple[int, int] = (413, 626), grey: int = 128, orientation: int = 1, form: str = "JPEG"
) -> bytes:
    """Return a picture of one shade."""
    exif = Image.Exif()
    exif[274] = orientation
    out = BytesIO()
    Image.new("RGB", size, (grey, grey, grey)).save(out, form, exif=exif)
    return out.getvalue()
