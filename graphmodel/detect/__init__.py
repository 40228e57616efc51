"""The typologies and their runner."""
