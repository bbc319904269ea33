using System.Reflection;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>The packing of one function and of those that it captures.</summary>
internal sealed class FunctionPacking(ValueSerializer values, int maxBytes, string name)
{
    private const string PlainData = "Capture plain data instead, copied to a local variable.";

    /// <summary>Closures that were met before: several functions may share one, and one may hold the function that it is the target of.</summary>
    private readonly Dictionary<object, PackedClosure> _closures = new(ReferenceEqualityComparer.Instance);

    private long _bytes;

    public FunctionReference Pack(Delegate function)
    {
        var reference = Pack(function, capturedAs: "", 0);
        if (_bytes > maxBytes)
        {
            throw Refusal(
                FunctionDisplay.Of(function.Method),
                $"captures {_bytes:N0} bytes; a message between processes may have {maxBytes:N0}. Scatter such data, have the workers load it, or raise {nameof(OrleansClusterOptions)}.{nameof(OrleansClusterOptions.MaxMessageBytes)} and the limit of the silos and clients (MaxMessageBodySize).");
        }

        reference.CapturedBytes = _bytes;
        return reference;
    }

    /// <param name="function">The function.</param>
    /// <param name="capturedAs">Which function holds it and where, for messages; empty for the outermost.</param>
    /// <param name="depth">How many functions and scopes this one is in.</param>
    private FunctionReference Pack(Delegate function, string capturedAs, int depth)
    {
        var type = function.GetType();

        // A delegate made of a delegate calls the Invoke of the other one.
        while (function is { Target: Delegate inner, Method.Name: "Invoke" } && function.Method.DeclaringType == inner.GetType() && function.HasSingleTarget)
        {
            function = inner;
        }

        var method = function.Method;
        var display = FunctionDisplay.Of(method) + capturedAs;
        RequireMethod(function, display);
        var target = TargetOf(function, display, depth);
        return new FunctionReference
        {
            Assembly = method.Module.Assembly.GetName().Name ?? "",
            Mvid = method.Module.ModuleVersionId,
            Token = method.MetadataToken,
            TypeArguments = TypeReference.AllOf(method.DeclaringType!.GetGenericArguments()),
            MethodArguments = TypeReference.AllOf(method.GetGenericArguments()),
            Delegate = TypeReference.Of(type),
            Target = target,
            Display = (TrustedAssemblies.IsLibrary(method.Module.Assembly) ? AdaptedIn(target) : null) ?? display,
        };
    }

    private void RequireMethod(Delegate function, string display)
    {
        var method = function.Method;
        if (!function.HasSingleTarget)
        {
            throw Refusal(display, "is one of several in a multicast delegate. Call them from one lambda.");
        }

        if (method.DeclaringType is null || method.Module.Assembly.IsDynamic)
        {
            throw Refusal(
                display,
                "was made at run time (Expression.Compile, DynamicMethod, Reflection.Emit), so that workers do not have it. Write it as a lambda or a method.");
        }

        var isOpen = function.Target is null && !method.IsStatic;
        if (TrustedAssemblies.Objection(method) is { } objection)
        {
            throw Refusal(display, $"{objection} Wrap it in a lambda of your own assembly, e.g. {FunctionDisplay.Wrapped(method, isOpen)}");
        }

        if (isOpen)
        {
            throw Refusal(display, $"is called on its first argument. Wrap it in a lambda, e.g. {FunctionDisplay.Wrapped(method, isOpen)}");
        }
    }

    private TargetReference? TargetOf(Delegate function, string display, int depth)
    {
        var method = function.Method;
        if (function.Target is not { } target || (!method.IsStatic && Closures.IsStateless(target.GetType())))
        {
            return null;
        }

        if (!method.IsStatic && Closures.IsClosure(target.GetType()))
        {
            return ClosureOf(target, UsedFields.Of(method), display, depth);
        }

        // Of a static method, the target is the first argument: an extension method that was taken from a value.
        var declared = method.IsStatic ? method.GetParameters()[0].ParameterType : method.DeclaringType!;
        try
        {
            return new TargetReference { Value = Serialized(declared, target) };
        }
        catch (NotSupportedException failure)
        {
            var role = method.IsStatic ? "is bound to a value" : "uses 'this'";
            throw Refusal(display, $"{role}, of type {TypeNames.Of(target.GetType())}. {failure.Message} {PlainData}", failure);
        }
    }

    /// <param name="closure">The closure.</param>
    /// <param name="used">The fields that the function uses; null if any.</param>
    /// <param name="display">The function, for messages.</param>
    /// <param name="depth">How many functions and scopes the closure is in.</param>
    private TargetReference ClosureOf(object closure, HashSet<int>? used, string display, int depth)
    {
        if (depth >= Closures.MaxDepth)
        {
            throw Refusal(display, $"captures functions that capture functions, more than {Closures.MaxDepth} deep. {PlainData}");
        }

        if (!_closures.TryGetValue(closure, out var packed))
        {
            // Known before its fields are looked at, since one of them may lead back to it.
            _closures.Add(closure, packed = new PackedClosure());
        }

        foreach (var field in Closures.FieldsOf(closure.GetType()))
        {
            if (used?.Contains(field.MetadataToken) == false)
            {
                continue;
            }

            var value = field.GetValue(closure);
            if (packed.Names.Add(field.Name))
            {
                packed.Fields.Add(FieldOf(field, value, used, display, depth + 1));
            }
            else if (value is not null && Closures.IsClosure(field.FieldType))
            {
                // Another function, which may use more of the outer scope.
                ClosureOf(value, used, display, depth + 1);
            }
        }

        packed.Reference.Fields = [.. packed.Fields];
        return packed.Reference;
    }

    private CapturedField FieldOf(FieldInfo field, object? value, HashSet<int>? used, string display, int depth)
    {
        if (Closures.IsClosure(field.FieldType))
        {
            return new CapturedField { Name = field.Name, Closure = value is null ? null : ClosureOf(value, used, display, depth) };
        }

        var captured = Closures.NameOf(field);
        if (typeof(Delegate).IsAssignableFrom(field.FieldType))
        {
            var capturedAs = TrustedAssemblies.IsLibrary(field.Module.Assembly) ? "" : $", captured as '{captured}' by {display},";
            return new CapturedField { Name = field.Name, Function = value is null ? null : Pack((Delegate)value, capturedAs, depth) };
        }

        try
        {
            return new CapturedField { Name = field.Name, Value = Serialized(field.FieldType, value) };
        }
        catch (NotSupportedException failure)
        {
            throw Refusal(display, $"captures '{captured}' of type {TypeNames.Of(field.FieldType)}. {failure.Message} {PlainData}", failure);
        }
    }

    private byte[] Serialized(Type type, object? value)
    {
        var bytes = values.Serialize(type, value);
        _bytes += bytes.Length;
        return bytes;
    }

    /// <returns>The name of the function of a user that one of the library calls.</returns>
    private static string? AdaptedIn(TargetReference? target)
    {
        foreach (var field in target?.Fields ?? [])
        {
            if (field.Function is { } function)
            {
                return function.Display;
            }
        }

        return null;
    }

    private ArgumentException Refusal(string display, string reason, Exception? cause = null) =>
        new($"The function of '{name}' cannot run on a worker: {display} {reason}", cause);

    /// <summary>A closure on its way; each function that is called on it adds the fields that it uses.</summary>
    private sealed class PackedClosure
    {
        public TargetReference Reference { get; } = new();

        public HashSet<string> Names { get; } = [];

        public List<CapturedField> Fields { get; } = [];
    }
}
