# Rolecall for PowerShell. In $PROFILE:  rolecall hook powershell | Out-String | Invoke-Expression
$global:__RolecallProgram = @PROGRAM@
$global:__RolecallSeen = ''

# `use` prints code for this shell; everything else is the program's own. PowerShell keeps a bare -- from a function:
# write '--' in quotes.
function global:rolecall {
  if ($args.Count -gt 0 -and $args[0] -ceq 'use') {
    $rest = @($args | Select-Object -Skip 1)
    $out = (& $global:__RolecallProgram use --shell powershell @rest) -join "`n"
    $code = $LASTEXITCODE
    if ($out.StartsWith('# rolecall')) { Invoke-Expression $out } elseif ($out) { $out }
    $global:LASTEXITCODE = $code
  } elseif ($MyInvocation.ExpectingInput) {
    $input | & $global:__RolecallProgram @args
  } else {
    & $global:__RolecallProgram @args
  }
  # Trust, a list or a sign-in may be new.
  $global:__RolecallSeen = ''
}

# At every prompt: the program is started only if another .rolecall.toml counts now, or it has changed.
function global:__RolecallHook {
  if ((Get-Location).Provider.Name -cne 'FileSystem') { return }
  $dir = (Get-Location).ProviderPath
  $file = ''
  while ($dir) {
    $there = Join-Path -Path $dir -ChildPath '.rolecall.toml'
    if (Test-Path -LiteralPath $there) { $file = $there; break }
    $dir = [System.IO.Path]::GetDirectoryName($dir)
  }
  $seen = "$file|" + $(if ($file) { (Get-Item -LiteralPath $file -Force).LastWriteTimeUtc.Ticks })
  if ($seen -cne $global:__RolecallSeen) {
    $global:__RolecallSeen = $seen
    if ($file -or "$env:ROLECALL_SHELL".Contains('"directory"')) {
      $out = (& $global:__RolecallProgram hook-env powershell) -join "`n"
      if ($out.StartsWith('# rolecall')) { Invoke-Expression $out }
    }
  }
}

if (-not (Test-Path Variable:global:__RolecallPromptBefore)) {
  $global:__RolecallPromptBefore = $function:prompt
  function global:prompt {
    $code = $global:LASTEXITCODE
    __RolecallHook
    if (Test-Path Function:__RolecallSegment) { __RolecallSegment }
    $global:LASTEXITCODE = $code
    & $global:__RolecallPromptBefore
  }
}
