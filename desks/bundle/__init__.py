"""« Dossier contentieux » and « dossier communicable »: one numbered PDF of all that a decision rests on."""

from desks.bundle.contents import Part, parts_of
from desks.bundle.masking import Mask, mask_of, masked
from desks.bundle.paper import bundle_pdf, originals_of

__all__ = ["Mask", "Part", "bundle_pdf", "mask_of", "masked", "originals_of", "parts_of"]
