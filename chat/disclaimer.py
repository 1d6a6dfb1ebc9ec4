"""The one fixed disclaimer, carried by every reply."""

DISCLAIMER = (
    "Magpie quotes articles word for word. It is not medical advice and no substitute for a doctor, pharmacist or nurse. "
    "In an emergency, call your local emergency number."
)
