namespace Streamz.Dataflow.Diagnostics;

/// <summary>What an exception says of itself. That is code of the user's, which may fail, and must not take the failure along that it is to tell of.</summary>
internal static class FailureText
{
    public static string Of(Exception failure)
    {
        string? message = null;
        try
        {
            message = failure.Message;
        }
        catch (Exception)
        {
            // Its type says at least something.
        }

        return message ?? $"The message of a {failure.GetType()} could not be read.";
    }
}
