# SPDX-License-Identifier: Apache-2.0
"""How Sphinx makes the site: what it may link to, and what it must not fetch."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped]
from pygments.lexers.shell import BashLexer  # type: ignore[import-untyped]
from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.environment.adapters import toctree as navigation
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer
from sphinx.search.en import SearchEnglish

from seqera_batch import __version__
from seqera_batch.own_process import be_brief
from seqera_batch.runtime import use_bundled_node

# The API pages import the constructs, and CDK starts Node.js.
use_bundled_node()
# Sphinx would read the 51,000 lines of CDK's first module for comments on members that we inherit
# and do not show, and Python would look for garbage in pages that all stay, once more at the end:
# half of the time.
ModuleAnalyzer.cache["module", "aws_cdk"] = PycodeError("not read")
be_brief()
# Sphinx would look for the stem of a word again on each page that has it.
SearchEnglish.stem = cache(SearchEnglish.stem)  # type: ignore[method-assign]

_entry_of = navigation._toctree_standard_entry  # noqa: SLF001 - there is no other door
_titles: dict[str, nodes.bullet_list] = {}


def _entry_of_a_title(
    title: str,
    page: str,
    depth: int,
    headings: nodes.bullet_list,
    *more: Any,  # noqa: ANN401 - passed on
) -> tuple[nodes.bullet_list, str]:
    """Copy the title of a page, and what is below it, into the navigation of another.

    Every page has all titles there, and no heading. Sphinx would copy the headings of all pages
    for each of them and throw them away: another third of the time.
    """
    if page not in _titles:
        _titles[page] = headings.deepcopy()
        for item in _titles[page].children:
            for below in item.children[1:]:
                below.children = list(below.findall(toctree))
                if not below.children:
                    item.remove(below)
    return _entry_of(title, page, depth, _titles[page], *more)


navigation._toctree_standard_entry = _entry_of_a_title  # type: ignore[assignment]  # noqa: SLF001

project = "seqera-batch"
author = "seqera-batch contributors"
project_copyright = author
release = version = __version__
# The repository's address stands in one place, where PyPI reads it too.
_PYPROJECT = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text("utf-8"))
REPOSITORY: str | None = _PYPROJECT["project"]["urls"].get("Repository")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]

# Pages are plain Markdown, which GitHub shows as well; headings take links as there.
myst_heading_anchors = 4
# The pages of decisions begin with a status, and one heading may skip a level below a table.
myst_enable_extensions = ["deflist"]

# A name in the API that leads nowhere is a warning, and `make site` fails on warnings. Other
# projects' names stay text: their inventories would have to be fetched at every build.
nitpicky = True
nitpick_ignore_regex = [
    (
        "py:.*",
        r"(aws_cdk|batch|cdk|collections\.abc|cloudwatch|ec2|events|efs|fsx|iam|kms|lambda_|logs|s3|secretsmanager|sns)\..*|.*Construct|.*Path",
    ),
    # Data whose keys the page on JSON output tells, and names of roles.
    (
        "py:class",
        r"CfnInclude|IDependable|FileSystems|FileSystemReference|_Environment|Part|Slice|.*\.Kind|FileSystem|Network|Resource|Role|RoleKind|Violation|Acknowledged|.*\._Forge|Mapping\[.*|seqera_batch\.(nag|cloudformation)\..*",
    ),
]
# Docstrings use the backticks of Markdown.
default_role = "code"
autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
# Every page says of which release it is.
html_title = f"seqera-batch {release}"
html_theme_options: dict[str, Any] = {
    # No font, script or picture comes from another host.
    "footer_icons": [],
    "light_css_variables": {"color-brand-primary": "#0b6e4f", "color-brand-content": "#0b6e4f"},
    "dark_css_variables": {"color-brand-primary": "#5fd0a4", "color-brand-content": "#5fd0a4"},
}
if REPOSITORY is not None:
    # A button on each page leads to its source, in the release that it is of.
    html_theme_options |= {
        "source_repository": REPOSITORY,
        "source_branch": f"v{release}",
        "source_directory": "docs/",
        "top_of_page_buttons": ["view"],
    }
html_static_path = ["_static"]
# Editors fetch it: an address that stays.
html_extra_path = ["reference/environment-file.schema.json"]
html_css_files = ["site.css"]
# The search finds names; indexes of them would be pages that nothing leads to.
html_use_index = False
html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
# The same pages give the same bytes.
html_last_updated_fmt = None
pygments_style = "friendly"
pygments_dark_style = "monokai"
copybutton_selector = "div:not(.highlight-text) > div.highlight > pre"


def setup(app: Sphinx) -> None:
    """Colour commands without a prompt as a shell does: they are there to be copied."""
    app.add_lexer("console", BashLexer)
