namespace Streamz.Dataflow.Diagnostics;

/// <summary>What an exception says of itself. That is code of the user's, which may fail, and must not take the failure along that it is to tell of.</summary>
internal static class FailureText
{
    public static string Of(Exception failure)
    {
        try
        {
            return failure.Message;
        }
        catch (Exception)
        {
            return $"(a {failure.GetType()}, whose message failed)";
        }
    }
}
