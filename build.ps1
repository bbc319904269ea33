# Builds and tests. Arguments go to Cake: ./build.ps1 --target=Pack (the targets are listed in build.cake)
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_SKIP_FIRST_TIME_EXPERIENCE = '1'
$env:MSBUILDDISABLENODEREUSE = '1'

$summary = 'artifacts/test-results/summary.txt'
if (Test-Path $summary) { Remove-Item $summary }

dotnet tool restore
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet cake @args
$code = $LASTEXITCODE

# The verdict of the tests is the last line, below Cake's table of durations.
if (Test-Path $summary) { Get-Content $summary }
exit $code
