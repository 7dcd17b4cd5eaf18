"""The pages for staff: people, the audit, jobs. They ask the facades that the API's routes ask."""
