from django import forms

from .models import Documento


class FormularioDocumento(forms.ModelForm):
    firmantes = forms.CharField(
        help_text="Uno por línea: Nombre Apellidos <correo@ejemplo.es>",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Documento
        fields = ["titulo", "archivo"]

    def clean_archivo(self):
        archivo = self.cleaned_data["archivo"]
        if archivo.read(5) != b"%PDF-":
            raise forms.ValidationError("Solo se admiten documentos PDF.")
        archivo.seek(0)
        return archivo

    def clean_firmantes(self):
        firmantes = []
        for linea in self.cleaned_data["firmantes"].splitlines():
            if not linea.strip():
                continue
            nombre, _, correo = linea.partition("<")
            correo = correo.strip().rstrip(">")
            if not nombre.strip():
                raise forms.ValidationError(f"Falta el nombre: {linea}")
            firmantes.append((nombre.strip(), forms.EmailField().clean(correo)))
        return firmantes
