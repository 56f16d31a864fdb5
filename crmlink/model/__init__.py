"""The words of crmlink as types: frozen values that the stages hand to each other.

Nothing here decides anything or touches the outside. One concept per module; import from the module.
"""
