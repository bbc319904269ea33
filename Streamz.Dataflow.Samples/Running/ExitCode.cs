namespace Streamz.Dataflow.Samples.Running;

internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>What a shell reports of a program that Ctrl+C ended.</summary>
    public const int Interrupted = 130;
}
