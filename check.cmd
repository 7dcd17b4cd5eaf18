@echo off
rem Lint, types, import contracts and tests; see scripts\checks.py for the areas. Needs Python and nothing else.
where py >nul 2>nul
if %errorlevel%==0 (
    py -3 "%~dp0scripts\environment.py" check %*
) else (
    python "%~dp0scripts\environment.py" check %*
)
exit /b %errorlevel%
