"""What is served beside the pages: the room's page for phones, short links with a preview. Knows data and views.language."""
