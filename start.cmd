@echo off
rem Opens the studio; every argument goes to maxbooster. Needs Python and nothing else: see scripts\environment.py.
where py >nul 2>nul
if %errorlevel%==0 (
    py -3 "%~dp0scripts\environment.py" start %*
) else (
    python "%~dp0scripts\environment.py" start %*
)
exit /b %errorlevel%
