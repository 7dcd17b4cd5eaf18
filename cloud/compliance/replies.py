"""Files as they are sent, by routes and by pages: to be saved, under a name of ours."""

from fastapi import Response

from cloud.compliance.contracts import Export


def archive_reply(export: Export, archive: bytes) -> Response:
    """Send an archive."""
    headers = {"Content-Disposition": f'attachment; filename="{export.file_name}"'}
    return Response(archive, headers=headers, media_type="application/zip")
