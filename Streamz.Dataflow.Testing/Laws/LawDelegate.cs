namespace Streamz.Dataflow.Testing;

/// <summary>What code of a user an operator calls, and thereby which of its calls the laws can make fail or hang.</summary>
public enum LawDelegate
{
    /// <summary>None. The laws about delegates hold because there is nothing to break them.</summary>
    None,

    /// <summary>A delegate that returns a value; it calls <see cref="LawProbe{TOut}.Enter"/> or <see cref="LawProbe{TOut}.Write"/>.</summary>
    Synchronous,

    /// <summary>
    /// A delegate that returns a task; it awaits <see cref="LawProbe{TOut}.EnterAsync"/> or <see cref="LawProbe{TOut}.WriteAsync"/>.
    /// </summary>
    Asynchronous,
}
