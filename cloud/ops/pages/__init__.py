"""The pages for staff: people, audit, jobs, refused drafts. They ask the facades that the API's routes ask."""
