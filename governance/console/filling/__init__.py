"""Fill the console's views from the house's journeys and stores; one module a page."""
