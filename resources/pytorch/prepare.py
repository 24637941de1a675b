"""New images, texts and rows of tables, made into samples as Tapedeck made those of the training."""

import csv
import io
import json
import math
import pathlib
from statistics import NormalDist

import numpy as np

IMAGES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp"}
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}


class Prepare:
    """Reads files: `Prepare().files(path)` gives names and samples, as they are stored, not yet normalised."""

    def __init__(self, folder="data"):
        folder = pathlib.Path(folder)
        self.facts = json.loads((folder / "dataset.json").read_text())
        self.text, self.image = self.facts["text"], self.facts["image"]
        self.columns = read_json(folder / "columns.json")
        if self.text is not None:
            self.tokenizer = Tokenizer(folder, self.text["tokenizer"])

    def files(self, path, column=None):
        path = pathlib.Path(path)
        if self.columns is not None:
            for number, row in enumerate(table(path), 2):
                yield f"row {number}", features(row, self.columns)
        elif self.text is not None and path.suffix.lower() in (".csv", ".tsv"):
            for number, row in enumerate(table(path), 2):
                if (column or "text") not in row:
                    raise SystemExit(f"{path} has no column {column or 'text'!r}; name one of {list(row)} with --column.")
                yield f"row {number}", self.tokens(row[column or "text"])
        else:
            kinds = {".txt", ".md", ".text"} if self.text is not None else IMAGES
            paths = sorted(one for one in path.rglob("*") if one.suffix.lower() in kinds) if path.is_dir() else [path]
            for one in paths:
                name = one.relative_to(path).as_posix() if path.is_dir() else str(one)
                yield name, self.picture(one) if self.text is None else self.tokens(one.read_text("utf-8"))

    def tokens(self, text):
        """Ids of the first tokens, or of the last ones for a language model; or counts of the vocabulary's words."""
        if self.text["representation"] == "bag-of-words":
            return self.tokenizer.counts(text)
        ids, length = self.tokenizer.encode(text), self.facts["sampleShape"][0]
        if not isinstance(length, str):
            return np.asarray(ids[-length:], np.int64)
        return np.asarray(ids[: self.text["maximumLength"]], np.int64)

    def picture(self, path):
        """[channels, height, width], 0 to 255, whatever its kind. Pillow scales it; Tapedeck does it by libvips."""
        from PIL import Image, ImageOps

        channels, height, width = self.facts["sampleShape"]
        image = flattened(ImageOps.exif_transpose(Image.open(path)))
        options = self.image or {"sizing": "resize", "width": width, "height": height}
        scaled, stored, corner = placement(image.size, options, self.facts["buckets"])
        if options["sizing"] == "crop":
            image = ImageOps.fit(image, scaled, Image.LANCZOS)
        elif image.size != scaled:
            image = image.resize(scaled, Image.LANCZOS)
        pixels = np.asarray(image)
        pixels = grey(pixels) if channels == 1 else np.atleast_3d(pixels).repeat(1 if pixels.ndim == 3 else 3, 2)
        planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
        if stored == scaled:
            return planes
        # The rest is filled with the picture's own mean colour.
        means = np.floor(planes.mean((1, 2), keepdims=True) + 0.5).astype(np.uint8)
        filled = np.broadcast_to(means, (channels, stored[1], stored[0])).copy()
        left, top = corner
        filled[:, top : top + scaled[1], left : left + scaled[0]] = planes
        return filled


def read_json(path):
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def table(path):
    """Rows of a CSV or TSV, by the names of their columns."""
    text = path.read_text("utf-8-sig")
    return csv.DictReader(io.StringIO(text), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")


class Tokenizer:
    """Texts to ids: 0 is padding, 1 a token that training has not seen."""

    def __init__(self, folder, rule):
        self.rule = rule
        self.vocabulary = read_json(folder / "vocabulary.json")
        self.ids = {token: id for id, token in enumerate(self.vocabulary) if id > 1}
        if rule == "file":
            raise SystemExit("The ids of a tokenizer file are put in another order by Tapedeck: predict with it.")
        if rule == "bpe":
            import tokenizers

            self.pairs = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))

    def encode(self, text):
        if self.rule == "bpe":
            return self.pairs.encode(text).ids
        return [self.ids.get(token, 1) for token in self.split(text)]

    def split(self, text):
        if self.rule == "character":
            return list(text)
        if self.rule == "byte":
            return [f"{byte:02x}" for byte in text.encode()]
        return words(text, r"[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*|[^\s\p{L}\p{M}\p{N}]")

    def counts(self, text):
        found = words(text, r"[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*")
        return np.asarray([min(found.count(word), 255) for word in self.vocabulary], np.float32)


def words(text, form):
    """Signs of scripts without spaces are words by themselves."""
    import regex

    return regex.findall(form, regex.sub(r"([\p{Han}\p{Hiragana}\p{Katakana}])", r" \1 ", text.lower()))


def features(row, columns):
    """float32 features of a row; a column that it lacks is missing."""
    numbers = []
    for column in columns:
        cell = (row.get(column["name"]) or "").strip()
        cell = None if cell.lower() in MISSING else cell
        if column["kind"] == "category":
            place = column["categories"].index(cell) if cell in column["categories"] else -1
            codes = column["as"] == "codes"
            numbers += [place + 1] if codes else [i == place for i in range(len(column["categories"]))]
            continue
        fill = column["mean"] if column["fill"] is None else column["fill"]
        numbers.append(scaled_number(column, fill if cell is None else float(cell)))
        if column["indicator"]:
            numbers.append(cell is None)
    return np.asarray(numbers, np.float32)


def scaled_number(column, value):
    if column["scaling"] == "none":
        return value
    if column["scaling"] == "quantile" and column["quantiles"]:
        return NormalDist().inv_cdf(probability(column["quantiles"], value))
    return (value - column["mean"]) / column["std"]


def probability(quantiles, value):
    """Where a value stands among those of training; half a step is kept from 0 and 1."""
    steps = len(quantiles) - 1
    first, behind = np.searchsorted(quantiles, value, "left"), np.searchsorted(quantiles, value, "right")
    if behind > first:
        at = (first + behind - 1) / 2
    elif first in (0, steps + 1):
        at = min(first, steps)
    else:
        at = first - 1 + (value - quantiles[first - 1]) / (quantiles[first] - quantiles[first - 1])
    margin = 0.5 / len(quantiles)
    return min(1 - margin, max(margin, at / max(1, steps)))


def flattened(image):
    """8 bits, grey or RGB, laid over white where it is transparent."""
    from PIL import Image

    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    if image.mode in ("LA", "PA", "RGBA", "P"):
        pixels = np.asarray(image.convert("RGBA")).astype(np.int64)
        alpha = pixels[:, :, 3:]
        # Rounded down, as libvips does.
        return Image.fromarray(((pixels[:, :, :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8))
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def grey(pixels):
    """[height, width, 1]; colours by their luminance, as libvips does it."""
    if pixels.ndim == 2:
        return pixels[:, :, None]
    c = pixels.astype(np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * curve).astype(np.uint8)[:, :, None]


def placement(size, options, buckets):
    """Size that an image is scaled to, size of its sample, and the corner where it begins there; (width, height)."""
    if options["sizing"] == "keep":
        longest = options["longestSide"]
        scaled = size if max(size) <= longest else within(size, (longest, longest))
        return scaled, bucket_of(scaled, buckets or [], options["mostPadding"]), (0, 0)
    wanted = (options["width"], options["height"])
    if options["sizing"] == "letterbox":
        scaled = within(size, wanted)
        return scaled, wanted, ((wanted[0] - scaled[0]) // 2, (wanted[1] - scaled[1]) // 2)
    return wanted, wanted, (0, 0)


def within(size, box):
    scale = min(box[0] / size[0], box[1] / size[1])
    return tuple(max(1, min(most, math.floor(side * scale + 0.5))) for side, most in zip(size, box))


def bucket_of(size, buckets, most_padding):
    """The smallest of the sizes that the image fits into without too much padding; its own where there is none."""
    width, height = size
    for bucket in reversed(buckets):
        w, h = bucket["width"], bucket["height"]
        if w >= width and h >= height and width * height >= (1 - most_padding) * w * h - 1e-9:
            return w, h
    return size
