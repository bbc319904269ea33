namespace Streamz.Dataflow.Testing;

/// <summary>An operator does not keep a law that every operator keeps. The message says which, and what was seen.</summary>
public sealed class LawViolationException : Exception
{
    internal LawViolationException(string law, string subject, string seen)
        : base($"{subject} breaks the law '{law}': {seen}")
        => Law = law;

    /// <summary>The law, in a few words.</summary>
    public string Law { get; }
}
