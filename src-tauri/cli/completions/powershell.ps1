
# What is offered comes from the program, which knows accounts, profiles and portals.
Register-ArgumentCompleter -Native -CommandName rolecall -ScriptBlock {
  param($current, $commandAst, $cursor)
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { "$_" })
  & @PROGRAM@ complete powershell "--current=$current" '--' @words 2>$null | ForEach-Object {
    $value, $about = $_ -split "`t", 2
    $shown = if ($about) { $about } else { $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $shown)
  }
}
