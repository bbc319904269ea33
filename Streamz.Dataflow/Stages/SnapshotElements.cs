namespace Streamz.Dataflow.Stages;

/// <summary>Elements that a stage holds, as part of its state: values only, since what follows them belongs to the run.</summary>
internal static class SnapshotElements
{
    public static void WriteElements<T>(this SnapshotWriter snapshot, string name, IEnumerable<Element<T>> elements) =>
        snapshot.Write(name, elements.Select(element => element.Value).ToArray());

    public static IEnumerable<Element<T>> ReadElements<T>(this SnapshotReader snapshot, string name) =>
        snapshot.Read<T[]>(name).Select(value => new Element<T>(value, null));
}
