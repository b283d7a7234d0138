"""Static files under names that carry their content's hash."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedFiles(ManifestStaticFilesStorage):
    """Follows the imports between our script modules too, so that none is ever stale."""

    support_js_module_import_aggregation = True
